# Completes golem-pipeline in bash: what the installed version knows, asked for at the first Tab.
source <(golem-pipeline completion bash)
