package sandbox

func npcBuilder() *vendor {
	return &vendor{name: "npcbuilder", baseEnv: "NPCBUILDER_BASE_URL", keyEnv: "NPCBUILDER_TOKEN",
		keys: []credential{{"sandbox-npcbuilder-token", account{owner: home}}}, account: homeAccount, refuse: alakazamProblem}
}
