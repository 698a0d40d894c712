"""The pages of a site: for each kind a view, which is all that its template may see."""
