package sandbox

import "strings"

// vapiShape is what an object may hold: key → kind. A kind is text, number, whole, bool, object, list, texts or any, with
// its bounds behind it: "text 0 40", "number 0 2"; or words to choose from: "one of a b". A star before it is required.
type vapiShape map[string]string

// vapiShaped reads "name:kind, name:kind".
func vapiShaped(tables ...string) vapiShape {
	s := vapiShape{}
	for _, table := range tables {
		for _, row := range strings.Split(table, ",") {
			if name, kind, ok := strings.Cut(strings.TrimSpace(row), ":"); ok {
				s[name] = strings.TrimSpace(kind)
			}
		}
	}
	return s
}

// vapiAssistant are the keys of a create and of a PATCH (public docs).
func vapiAssistant() vapiShape {
	return vapiShaped(`transcriber: object, model: object, voice: object, firstMessage: text, firstMessageInterruptionsEnabled: bool,
		firstMessageMode: one of assistant-speaks-first assistant-speaks-first-with-model-generated-message assistant-waits-for-user,
		voicemailDetection: any, clientMessages: texts, serverMessages: texts, maxDurationSeconds: number 10 43200, backgroundSound: text,
		modelOutputInMessagesEnabled: bool, transportConfigurations: list, observabilityPlan: object, credentials: list, hooks: list,
		name: text 0 40, voicemailMessage: text 0 1000, endCallMessage: text 0 1000, endCallPhrases: texts 2 140, compliancePlan: object,
		metadata: object, backgroundSpeechDenoisingPlan: object, analysisPlan: object, artifactPlan: object, startSpeakingPlan: object,
		stopSpeakingPlan: object, monitorPlan: object, credentialIds: texts, server: object, keypadInputPlan: object`)
}

// vapiParts are the shapes of the objects in an assistant that a provider decides, and of one that none does.
func vapiParts() map[string]map[string]vapiShape {
	return map[string]map[string]vapiShape{"model": vapiModels(), "voice": vapiVoices(), "transcriber": vapiTranscribers()}
}

// vapiModels, by provider (public docs). The words for a model are many and change every week: any is taken here.
func vapiModels() map[string]vapiShape {
	const common = `messages: list, tools: list, toolIds: texts, toolRefs: list, knowledgeBase: object, temperature: number 0 2,
		emotionRecognitionEnabled: bool, numFastTurns: whole 0 1000000`
	const named = `, model: *text 1 1000, maxTokens: number 50 10000`
	out := map[string]vapiShape{
		"vapi":       vapiShaped(common, `model: text, version: any, workflowId: text, workflow: object`),
		"anthropic":  vapiShaped(common, named, `thinking: object`),
		"google":     vapiShaped(common, named, `realtimeConfig: object`),
		"custom-llm": vapiShaped(common, named, `url: *text 1 100000, headers: object, metadataSendMode: text, wordLevelConfidenceEnabled: bool, timeoutSeconds: number 0 600`),
		"openai": vapiShaped(common, named, `fallbackModels: texts, toolStrictCompatibilityMode: text, promptCacheRetention: text,
			promptCacheKey: text, reasoningEffort: text`),
	}
	out["anthropic-bedrock"] = out["anthropic"]
	for _, provider := range strings.Fields("anyscale cerebras deepinfra deep-seek groq inflection-ai minimax openrouter perplexity-ai together-ai xai") {
		out[provider] = vapiShaped(common, named)
	}
	return out
}

// vapiVoices, by provider (public docs).
func vapiVoices() map[string]vapiShape {
	const common = `cachingEnabled: bool, chunkPlan: object, voiceId: *text 1 1000`
	const fallback = `, fallbackPlan: object`
	row := func(more string) vapiShape { return vapiShaped(common, fallback, more) }
	out := map[string]vapiShape{
		"vapi":      vapiShaped(common, `version: any, speed: number 0.25 2, language: text, pronunciationDictionary: list`),
		"azure":     row(`speed: number 0.5 2`),
		"cartesia":  row(`model: text, language: text, experimentalControls: object, generationConfig: object, pronunciationDictId: text`),
		"deepgram":  row(`model: text, mipOptOut: bool`),
		"hume":      row(`model: text, isCustomHumeVoice: bool, description: text`),
		"lmnt":      row(`speed: number 0.25 2, language: text`),
		"neuphonic": row(`model: text, language: *text, speed: number 0.25 2`),
		"openai":    row(`model: text, instructions: text 0 10000, speed: number 0.25 4`),
		"playht": row(`speed: number 0.1 5, emotion: text, voiceGuidance: number 1 6, styleGuidance: number 1 30, textGuidance: number 1 2,
			model: text, language: text`),
		"wellsaid": row(`model: text, enableSsml: bool, libraryIds: texts`),
		"rime-ai": row(`model: text, speed: number 0.1 10, pauseBetweenBrackets: bool, phonemizeBetweenBrackets: bool, reduceLatency: bool,
			inlineSpeedAlpha: text, language: text`),
		"smallest-ai": row(`model: text, speed: number 0.1 10`),
		"tavus":       row(`personaId: text, callbackUrl: text, conversationName: text, conversationalContext: text, customGreeting: text, properties: object`),
		"sesame":      row(`model: *text`),
		"inworld":     row(`model: text, languageCode: text, speakingRate: number 0.5 1.5`),
		"minimax": row(`model: text, emotion: text, subtitleType: text, pitch: number -12 12, speed: number 0.5 2, volume: number 0 10, region: text,
			languageBoost: text, textNormalizationEnabled: bool`),
		"xai":       row(`language: text, speed: number 0.5 2`),
		"microsoft": row(`style: text, styleDegree: number 0.01 2, role: text, speed: number 0.5 2`),
		"11labs": row(`stability: number 0 1, similarityBoost: number 0 1, style: number 0 1, useSpeakerBoost: bool, speed: number 0.7 1.2,
			optimizeStreamingLatency: number 0 4, enableSsmlParsing: bool, autoMode: bool, model: text, language: text, pronunciationDictionaryLocators: list`),
	}
	out["custom-voice"] = vapiShaped(common, fallback, `voiceId: text, server: *object`)
	return out
}

// vapiTranscribers, by provider (public docs); keys that say how closely it listens are any.
func vapiTranscribers() map[string]vapiShape {
	const common = `model: text, language: text, fallbackPlan: object`
	return map[string]vapiShape{
		"assembly-ai": vapiShaped(`language: text, fallbackPlan: object, confidenceThreshold: number 0 1, formatTurns: bool, endOfTurnConfidenceThreshold: any,
			minEndOfTurnSilenceWhenConfident: any, wordFinalizationMaxWaitTime: any, maxTurnSilence: any, vadAssistedEndpointingEnabled: bool,
			mode: text, prompt: text, agentContext: text, languageCodes: texts, speechModel: text, realtimeUrl: text, wordBoost: texts,
			keytermsPrompt: texts, endUtteranceSilenceThreshold: any, disablePartialTranscripts: bool`),
		"azure":              vapiShaped(`language: text, segmentationStrategy: text, segmentationSilenceTimeoutMs: any, segmentationMaximumTimeMs: any, fallbackPlan: object`),
		"custom-transcriber": vapiShaped(`server: *object, fallbackPlan: object`),
		"deepgram": vapiShaped(common, `, smartFormat: bool, mipOptOut: bool, numerals: bool, profanityFilter: bool, redaction: texts,
			confidenceThreshold: number 0 1, eotThreshold: any, eotTimeoutMs: any, languages: texts, keywords: texts, keyterm: texts, endpointing: number 10 500`),
		"11labs": vapiShaped(common, `silenceThresholdSeconds: any, confidenceThreshold: any, minSpeechDurationMs: any, minSilenceDurationMs: any`),
		"gladia": vapiShaped(common, `languageBehaviour: text, languages: any, transcriptionHint: text, prosody: bool, audioEnhancer: bool,
			confidenceThreshold: any, endpointing: any, speechThreshold: any, customVocabularyEnabled: bool, customVocabularyConfig: object, region: text,
			receivePartialTranscripts: bool`),
		"google": vapiShaped(common), "talkscriber": vapiShaped(common), "cartesia": vapiShaped(common), "xai": vapiShaped(common),
		"speechmatics": vapiShaped(common, `operatingPoint: text, region: text, enableDiarization: bool, maxDelay: any, customVocabulary: *list,
			numeralStyle: text, endOfTurnSensitivity: any, removeDisfluencies: bool, minimumSpeechDuration: any`),
		"openai": vapiShaped(common, `model: *text`),
		"soniox": vapiShaped(common, `languages: texts, languageHintsStrict: bool, maxEndpointDelayMs: any, endpointSensitivity: any,
			endpointLatencyAdjustmentLevel: any, customVocabulary: texts, contextGeneral: any`),
		"vapi": vapiShaped(`version: any, language: text, languages: texts, keywords: texts, turnTaking: any`),
	}
}
