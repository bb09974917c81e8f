"""The widgets, drawn into strips and on Textual's headless screen."""
