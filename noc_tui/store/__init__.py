"""The journal and its projections in SQL, the writers' gate, and what is kept beside them."""
