"""HTTP as we allow it, against servers that break every rule."""
