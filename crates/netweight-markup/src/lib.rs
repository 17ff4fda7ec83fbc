//! YAML and JSON read into one tree with positions, and problems told with their place
