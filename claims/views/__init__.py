"""The public pages, a module a kind of page. Each view loads by `claims.timelines` and renders; it decides nothing."""
