package sandbox

func characterAI() *vendor {
	return &vendor{name: "characterai", baseEnv: "CHARACTERAI_BASE_URL", keyEnv: "CHARACTERAI_TOKEN",
		keys: []credential{{"sandbox-characterai-token", account{owner: home}}}, account: homeAccount, refuse: alakazamProblem}
}
