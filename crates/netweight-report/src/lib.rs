//! Reports on models, and their rendering as text, JSON, CSV and Markdown
