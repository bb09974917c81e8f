"""What holds for the source as a whole: imports, sizes, suppressions, packaging, documents."""
