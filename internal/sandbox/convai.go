package sandbox

import (
	"net/http"
	"time"

	"github.com/google/uuid"
)

// convai stands in for https://api.convai.com: (seed) for create, get, update, clone and delete with their errors,
// (public docs) for the rest unless a switch says otherwise. Reads and deletes are POST too.
func convai() *vendor {
	post := func(name, pattern string, write bool, handle func(*call) reply) route {
		return route{name: name, method: "POST", pattern: pattern, write: write, body: objectBody, handle: handle}
	}
	get := func(name, pattern string, open bool, handle func(*call) reply) route {
		return route{name: name, method: "GET", pattern: pattern, open: open, handle: handle}
	}
	return &vendor{
		name:    "convai",
		baseEnv: "CONVAI_BASE_URL",
		keyEnv:  "CONVAI_API_KEY",
		keys: []credential{
			{"sandbox-convai-key", account{owner: home}},
			{"sandbox-convai-stranger", account{owner: stranger}},
		},
		routes: []route{
			post("character.create", "/character/create", true, convaiCreate),
			post("character.get", "/character/get", false, convaiGet),
			{name: "character.list", method: "POST", pattern: "/character/list", lists: true, handle: convaiList},
			post("character.update", "/character/update", true, convaiUpdate),
			post("character.delete", "/character/delete", true, convaiDelete),
			post("character.clone", "/user/clone_character", true, convaiClone),
			post("character.narrative", "/character/toggle-is-narrative-driven", true, convaiNarrative),
			{name: "models.list", method: "POST", pattern: "/character/getSupportedModel", handle: convaiModelList},
			get("voices.list", "/tts/get_available_voices", false, convaiVoiceList),
			get("languages.list", "/tts/get_available_languages", false, convaiLanguageList),
			get("voices.v2", "/v2/voices", true, convaiVoicesV2),
			get("voices.v2.get", "/v2/voices/{value}", true, convaiVoiceV2),
			{name: "knowledge.upload", method: "POST", pattern: "/character/knowledge-bank/upload", write: true, body: formBody, handle: convaiKBUpload},
			post("knowledge.list", "/character/knowledge-bank/list", false, convaiKBList),
			{name: "knowledge.update", method: "POST", pattern: "/character/knowledge-bank/update", write: true, body: formBody, handle: convaiKBUpdate},
			post("knowledge.delete", "/character/knowledge-bank/delete", true, convaiKBDelete),
			post("functions.list", "/functions/list", false, convaiFunctionList),
			post("functions.create", "/functions/create", true, convaiFunctionCreate),
		},
		switches:     convaiSwitches(),
		authenticate: convaiAuth,
		account:      homeAccount,
		refuse:       convaiRefuse,
		reject:       func(text string) reply { return answer(http.StatusBadRequest, doc{"INTERNAL_ERROR": text}) },
		index:        func(d doc) index { return index{Name: text(d, "charName")} },
		seed:         convaiSeed,
	}
}

func convaiSwitches() []Switch {
	offOn := []string{"off", "on"}
	return []Switch{
		{
			Name: "missing-key", Values: []string{"401", "400"}, Default: "401", Source: "public docs",
			Doc: "status when no key was sent; the pages disagree",
		},
		{
			Name: "auth-error-key", Values: []string{"API_ERROR", "ERROR"}, Default: "API_ERROR", Source: "seed",
			Doc: "the key under which a bad key is reported; other pages say ERROR",
		},
		{
			Name: "get-extended", Values: offOn, Default: "off", Source: "seed",
			Doc: "whether get answers with all fields, or with the six that are documented",
		},
		{
			Name: "get-envelope", Values: []string{"off", "response"}, Default: "off", Source: "public docs",
			Doc: `whether get wraps its answer in {"response":…}, which Convai's Unity client unwraps`,
		},
		{
			Name: "unknown-model", Values: []string{"accept", "400"}, Default: "accept", Source: "assumed",
			Doc: "what an unknown model_group_name does; the published list moves",
		},
		{
			Name: "model-alias", Values: []string{"keep", "resolve"}, Default: "keep", Source: "assumed",
			Doc: "whether a rolling model name such as gpt-5.x reads back as what it stands for",
		},
		{
			Name: "unknown-voice", Values: []string{"accept", "400"}, Default: "accept", Source: "assumed",
			Doc: "what a voiceType does that get_available_voices does not offer; the documents' samples are such",
		},
		{
			Name: "unknown-language", Values: []string{"400", "accept"}, Default: "400", Source: "assumed",
			Doc: "what a language code does that get_available_languages does not offer",
		},
		{
			Name: "language-max", Min: 1, Max: 64, Default: "4", Source: "public docs",
			Doc: "languages a character can have; the figure is the dashboard's",
		},
		{
			Name: "backstory-max-words", Max: 1_000_000, Default: "0", Source: "assumed",
			Doc: "words a backstory can have, 0 for no limit; the dashboard says 1000",
		},
		{
			Name: "empty", Values: []string{"400", "ignore", "clear"}, Default: "400", Source: "assumed",
			Doc: `what "" does in an update, except for reasoning_effort, where it is documented to clear`,
		},
		{
			Name: "null", Values: []string{"400", "ignore", "clear"}, Default: "400", Source: "assumed",
			Doc: "what null does in an update",
		},
		{
			Name: "unknown-keys", Values: []string{"ignore", "400"}, Default: "ignore", Source: "assumed",
			Doc: "what an update does with keys it does not know: success all the same, or an error",
		},
		{
			Name: "backstory-update", Values: []string{"replace", "append"}, Default: "replace", Source: "public docs",
			Doc: "whether a new backstory takes the old one's place; a user reported that it is added to it",
		},
		{
			Name: "partial-then-400", Values: offOn, Default: "off", Source: "seed",
			Doc: "whether an update of several fields stores the first and then fails",
		},
		{
			Name: "combine-settings", Values: []string{"accept", "400"}, Default: "accept", Source: "assumed",
			Doc: "whether model_group_name and temperature may come together or with other fields",
		},
		{
			Name: "actions-separator", Values: []string{"comma", "newline"}, Default: "comma", Source: "assumed",
			Doc: "what separates the actions inside their string",
		},
		{
			Name: "null-sentinel", Values: offOn, Default: "off", Source: "public docs",
			Doc: `whether empty texts read as "NULL", as in the documents' sample`,
		},
		{
			Name: "float-noise", Values: offOn, Default: "off", Source: "assumed",
			Doc: "whether temperature reads back as a 32-bit figure, 0.42 as 0.41999998688697815",
		},
		{
			Name: "quota", Values: offOn, Default: "off", Source: "public docs",
			Doc: "whether create and clone answer that the plan's quota is used up (429, not worth repeating)",
		},
		{
			Name: "max-characters", Max: 1_000_000, Default: "1000000", Source: "assumed",
			Doc: "characters an account can have before the quota message",
		},
		{
			Name: "clone-name", Values: []string{"same", "copy"}, Default: "same", Source: "assumed",
			Doc: `the name of a clone: the original's, or with " (copy)" behind it`,
		},
		{
			Name: "delete-twice", Values: []string{"400", "200"}, Default: "400", Source: "assumed",
			Doc: "the answer to deleting what is not there",
		},
		{
			Name: "models-envelope", Values: []string{"array", "object"}, Default: "array", Source: "assumed",
			Doc: "whether getSupportedModel answers with the list itself or an object that has it",
		},
		{
			Name: "kb-delay", Max: 86_400_000, Default: "0", Source: "public docs",
			Doc: "milliseconds until an uploaded document is_available",
		},
	}
}

func convaiRefuse(status int, text string) reply {
	if status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
		return htmlPage(status, http.StatusText(status), text)
	}
	return answer(status, doc{"ERROR": text})
}

// The three texts of a failed update and the one of a failed read (seed).
const (
	convaiNoRead      = "INTERNAL SERVER ERROR, one or more database calls failed!"
	convaiNoFetch     = "Could not fetch character details from all_characters table."
	convaiNoBackstory = "Could not update character backstory."
	convaiNoTable     = "Could not update all_characters table."
	convaiNoCreate    = "Error in creating the character. Check if all the input data is valid. Contact support for more info."
	convaiQuotaText   = "You have reached the usage limit of your current plan. Please upgrade your plan to continue."
)

func convaiError(text string) reply { return answer(http.StatusBadRequest, doc{"ERROR": text}) }

// convaiAuth takes CONVAI-API-KEY, or else API-AUTH-TOKEN (public docs).
func convaiAuth(c *call) (account, *reply) {
	secret := c.req.Header.Get("CONVAI-API-KEY")
	if secret == "" {
		secret = c.req.Header.Get("API-AUTH-TOKEN")
	}
	who, ok := c.lookup(secret)
	if ok {
		return who, nil
	}
	status, text := http.StatusUnauthorized, "Invalid API key provided."
	if secret == "" {
		status, text = c.limit("missing-key"), "api_key not found."
	}
	no := answer(status, doc{c.sw("auth-error-key"): text})
	return who, &no
}

// convaiFind gives a character of the caller's own.
func convaiFind(c *call, id string) (*record, doc, bool) {
	rec, d, ok := c.tx.get(charactersCol, id)
	if !ok || rec.Owner != c.who.owner {
		return nil, nil, false
	}
	c.id = id
	return rec, d, true
}

// convaiID is a UUID of version 1, as Convai's are (public docs): its time is the creation's, in 100 ns since 1582.
func convaiID(t *tx) string {
	const gregorian = 0x01b21dd213814000
	ticks := uint64(t.now.UnixNano()/100) + gregorian
	b := t.random(16)
	b[0], b[1], b[2], b[3] = byte(ticks>>24), byte(ticks>>16), byte(ticks>>8), byte(ticks)
	b[4], b[5] = byte(ticks>>40), byte(ticks>>32)
	b[6], b[7] = byte(ticks>>56), byte(ticks>>48)
	return uuid.Must(uuid.FromBytes(versioned(b, 1))).String()
}

func convaiTime(nanoseconds int64) string {
	return time.Unix(0, nanoseconds).UTC().Format("2006-01-02 15:04:05.000000")
}

func convaiSeed(t *tx, in doc) (string, doc, error) {
	d := convaiDefaults()
	for k, v := range in {
		d[k] = v
	}
	return convaiID(t), d, nil
}

// convaiDefaults is what a new character has beside what it was created with.
func convaiDefaults() doc {
	return doc{
		"languageCodes": []any{"en-US"}, "model_group_name": "gpt-4o-mini", "temperature": 0.7,
		"memorySettings": doc{"enabled": false}, "listing": "PRIVATE", "actions": []any{},
	}
}
