"""The console on a screen that only a test sees: what it shows, and how little it paints for it."""
