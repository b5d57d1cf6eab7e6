// Replaced by the module's first code.
