print("drsim")
