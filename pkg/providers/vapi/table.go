package vapi

import (
	"strings"

	"github.com/charsync/charsync/pkg/diff"
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/spec"
)

// The first messages that are not the greeting.
const (
	generated = "assistant-speaks-first-with-model-generated-message"
	waits     = "assistant-waits-for-user"
)

// table is what is known of Vapi's assistants, read in November 2026: the OpenAPI document of 20 August 2026 and the
// official client 2.0.1. What stands in model, voice and transcriber goes out with the whole of it, as it was read.
func table() providers.Table {
	t := append(append(said(), model()...), sound()...)
	for i := range t {
		t[i].List, t[i].Omits = t[i].Write, true
	}
	for _, key := range []string{"id", "orgId", "createdAt", "updatedAt", "latestVersion"} {
		t = append(t, providers.Field{
			Path: spec.Path(key), Kind: diff.Enum, Doc: "Given by Vapi.", Source: providers.Published.In("the assistant, as it is read"),
			Write: providers.Never, Create: providers.Never, Read: "/" + key, List: "/" + key,
		})
	}
	return t
}

func said() providers.Table {
	name := row("name", diff.Text, "/name", "The assistant's name in Vapi's dashboard.", "Mira")
	name.Limit, name.Clear = characters(1, 40, ""), providers.Stays("nobody would find it in Vapi's dashboard")
	mode := row("greeting_mode", diff.Enum, "/firstMessageMode", "Who speaks first.", waits)
	mode.Enum, mode.Words = whose("assistant-speaks-first It says the greeting, " + waits + " It waits to be spoken to, " + generated + " It makes up a first message of its own")
	mode.Default, mode.DefaultSource = "assistant-speaks-first", mode.Source
	ending := row("end_message", diff.Text, "/endCallMessage", "What it says before it ends a call.", "Mind the step. It's older than both of us.")
	voicemail := row("voicemail_message", diff.Text, "/voicemailMessage", "What it says to a voicemail.", "This is Mira at the Gilded Hare. Your room is kept until dark.")
	ending.Limit, voicemail.Limit = characters(0, 1000, ""), characters(0, 1000, "")
	phrases := row("end_phrases", diff.List, "/endCallPhrases", "Phrases of its own that end the call.", []any{"Good night to you"})
	phrases.Limit = characters(2, 140, "*")
	duration := bounded(row("max_duration_seconds", diff.Number, "/maxDurationSeconds", "How long a call may last, in seconds.", 900), 10, 43200)
	duration.Default, duration.DefaultSource = 600, duration.Source
	return providers.Table{
		name, row("greeting", diff.Text, "/firstMessage", "The first thing it says, or the address of a sound.", "Wipe your boots. Then tell me what you're running from."),
		mode, ending, voicemail, phrases, duration,
		row("metadata", diff.Object, "/metadata", "Anything of your own, as a whole.", map[string]any{"studio": "Gilded Hare"}),
	}
}

func model() providers.Table {
	provider := row("model_provider", diff.Enum, "/model/provider", "Whose language model it is. A change keeps the prompt, the tools, temperature and max_tokens.", "custom-llm")
	provider.Enum, provider.Words = whose("anthropic Anthropic, anthropic-bedrock Anthropic at Amazon Bedrock, anyscale Anyscale, cerebras Cerebras, custom-llm A model of your own, deepinfra DeepInfra, deep-seek DeepSeek, google Google, groq Groq, inflection-ai Inflection AI, minimax MiniMax, openai OpenAI, openrouter OpenRouter, perplexity-ai Perplexity, together-ai Together AI, vapi Vapi's own, xai xAI")
	provider.With, provider.Alone, provider.Clear = []spec.Path{"model"}, []string{"vapi"}, providers.Stays("Vapi takes no model without a provider")
	provider.Union = strings.Fields("model messages tools toolIds toolRefs knowledgeBase temperature maxTokens") // every provider's model has these
	name := inside("model", diff.Enum, "/model/model", "The language model, by its provider's name.", "gilded-hare-7b", "model_provider")
	name.Clear = providers.Stays("Vapi takes no model without its name")
	tokens := bounded(inside("max_tokens", diff.Number, "/model/maxTokens", "The most tokens of one answer. Models of Vapi's own have no such bound.", 300, "model_provider"), 50, 10000)
	tokens.Default, tokens.DefaultSource = 250, tokens.Source
	url := inside("model_url", diff.Enum, "/model/url", "Where a model of your own answers (custom-llm).", "https://example.org/v1", "model_provider")
	url.Clear = providers.Stays("a model of your own needs its address")
	return providers.Table{
		provider, name, url,
		inside("prompt", diff.Text, "/model/messages/[role=system]/content", "The system message. Other messages stay where they are; two system messages can't be told apart, and are left alone.", "You are Mira, keeper of the Gilded Hare.", "model_provider"),
		bounded(inside("temperature", diff.Number, "/model/temperature", "How freely it answers.", 0.42, "model_provider"), 0, 2), tokens,
		inside("tool_ids", diff.Set, "/model/toolIds", "Tools that it may use, by id. Tools that stand in the assistant itself stay.", []any{"9b2f8c1e-6f0a-4c47-8e35-1d2b7a5c0f11"}, "model_provider"),
	}
}

func sound() providers.Table {
	voice := row("voice_provider", diff.Enum, "/voice/provider", "Whose voice it is. A change leaves the old provider's settings behind.", "11labs")
	voice.Enum, voice.Words = whose("11labs ElevenLabs, azure Azure, cartesia Cartesia, custom-voice A voice server of your own, deepgram Deepgram, hume Hume, inworld Inworld, lmnt LMNT, microsoft Microsoft, minimax MiniMax, neuphonic Neuphonic, openai OpenAI, playht PlayHT, rime-ai Rime, sesame Sesame, smallest-ai Smallest AI, tavus Tavus, vapi Vapi's own, wellsaid WellSaid, xai xAI")
	id := inside("voice_id", diff.Enum, "/voice/voiceId", "The voice, by its provider's id. Vapi's own have names with a capital.", "paula", "voice_provider")
	id.Clear = providers.Stays("Vapi takes no voice without its id")
	ears := row("transcriber_provider", diff.Enum, "/transcriber/provider", "Who turns what is said to it into text. A change leaves the old provider's settings behind.", "deepgram")
	ears.Enum, ears.Words = whose("11labs ElevenLabs, assembly-ai AssemblyAI, azure Azure, cartesia Cartesia, custom-transcriber A transcriber of your own, deepgram Deepgram, gladia Gladia, google Google, openai OpenAI, soniox Soniox, speechmatics Speechmatics, talkscriber Talkscriber, vapi Vapi's own, xai xAI")
	voice.With, voice.Alone, voice.Union, ears.Union = []spec.Path{"voice_id"}, []string{"custom-voice"}, []string{"voiceId"}, []string{}
	voice.Clear, ears.Clear = providers.Stays("Vapi takes no voice without a provider"), providers.Stays("Vapi takes no transcriber without a provider")
	voiced := func(p spec.Path, kind diff.Kind, write, doc string, example any) providers.Field {
		return inside(p, kind, "/voice/"+write, doc+" Not every provider has it.", example, "voice_provider")
	}
	return providers.Table{
		voice, id, voiced("voice_model", diff.Enum, "model", "The voice's model.", "eleven_turbo_v2_5"), voiced("voice_language", diff.Enum, "language", "The language that it speaks.", "en"),
		voiced("voice_speed", diff.Number, "speed", "How fast it speaks; 1 is as recorded.", 1.1),
		voiced("voice_stability", diff.Number, "stability", "How even the voice is, from 0 to 1.", 0.5), voiced("voice_similarity_boost", diff.Number, "similarityBoost", "How close it keeps to the recording, from 0 to 1.", 0.75),
		ears, inside("transcriber_model", diff.Enum, "/transcriber/model", "The transcriber's model.", "nova-3", "transcriber_provider"),
		inside("transcriber_language", diff.Enum, "/transcriber/language", "The language that it listens for.", "en", "transcriber_provider"),
	}
}

// row is a field that null empties: Vapi reads an empty one as null, or leaves it out.
func row(p spec.Path, kind diff.Kind, write, doc string, example any) providers.Field {
	return providers.Field{
		Path: p, Kind: kind, Doc: doc, Source: providers.Published.In("the OpenAPI document: create and update"), Write: write,
		Clear: providers.Clear{Can: true}, Example: example,
	}
}

// inside is a field of an object that goes out whole: emptied, it is left out.
func inside(p spec.Path, kind diff.Kind, write, doc string, example any, with ...spec.Path) providers.Field {
	f := row(p, kind, write, doc, example)
	f.Clear.Send, f.With = providers.Gone{}, with
	return f
}

func bounded(f providers.Field, least, most float64) providers.Field {
	f.Min, f.Max = &least, &most
	return f
}

func characters(least, most int, of string) []providers.Limit {
	return []providers.Limit{{Min: least, Max: most, Of: of, Unit: providers.Characters, Source: providers.Published.In("the OpenAPI document; the unit is not stated")}}
}

// whose are Vapi's words, each with what it means behind it.
func whose(words string) (enum, meaning map[string]string) {
	enum, meaning = map[string]string{}, map[string]string{}
	for _, row := range strings.Split(words, ", ") {
		word, means, _ := strings.Cut(row, " ")
		enum[word], meaning[word] = word, means+"."
	}
	return enum, meaning
}
