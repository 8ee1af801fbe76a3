"""An oracle that shares no code with the engines: tiny complete models solved exactly as Markov chains."""
