"""Full-text search: the index, the query language, ranking and highlights. The only place that knows Whoosh."""
