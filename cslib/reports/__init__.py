"""The runner: notebooks executed per segment, published as pages, in one step."""
