package npcbuilder

// The closed sets of words, with what they mean.

func ages() map[string]string {
	return map[string]string{
		"infant": "A baby.", "child": "A child.", "teenager": "A teenager.", "youngAdult": "A young adult.",
		"adult": "An adult.", "middleAged": "In the middle of life.", "elderly": "Old.",
	}
}

func models() map[string]string {
	return map[string]string{"standard": "The ordinary model.", "premium": "The better model; depends on the subscription."}
}

func tones() map[string]string {
	return map[string]string{
		"formal": "Polite and correct.", "casual": "As among friends.", "sarcastic": "Means the opposite, often.",
		"mysterious": "Says less than it knows.", "emotive": "Shows what it feels.",
	}
}

func roles() map[string]string {
	return map[string]string{
		"noRole": "None: the service's own default.", "protagonist": "The story is about this one.",
		"antagonist": "Stands against the protagonist.", "secondaryCharacter": "Matters, beside the main ones.",
		"tertiaryCharacter": "Seen in passing.", "mentor": "Teaches.", "enemy": "Hostile.", "villain": "Wants harm done.",
		"rival": "Competes.", "shopkeeper": "Sells.", "healer": "Heals.", "questGiver": "Hands out quests.",
		"innkeeper": "Keeps an inn.", "guard": "Guards.", "familyMember": "Belongs to the player's family.",
		"loveInterest": "May fall in love.", "scientist": "Studies the world.", "politician": "Rules, or would like to.",
		"criminal": "Lives outside the law.", "explorer": "Looks for what nobody has seen.", "wizard": "Works magic.",
		"ghost": "Is dead, and here.", "animalCompanion": "An animal at the player's side.", "artificialIntelligence": "A machine that thinks.",
	}
}
