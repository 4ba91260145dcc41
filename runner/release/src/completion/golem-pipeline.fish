# Completes golem-pipeline in fish: what the installed version knows, asked for at the first Tab.
golem-pipeline completion fish | source
