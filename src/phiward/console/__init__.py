"""Server-rendered pages for clinicians, officers and engineers: first of all, how they sign in."""
