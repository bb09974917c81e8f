"""HTTP as we allow it: deadlines, capped bodies, verified TLS, back-off. The only user of httpx."""
