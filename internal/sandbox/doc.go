// Package sandbox is a stand-in for character vendors, served over real HTTP on loopback: Character.AI, Alakazam, Convai,
// ElevenLabs, NPCBuilder and Vapi.
//
// It is written from the vendors' documents alone and shares no code or table with the clients it is used to test, so
// that a test against it is more than a table agreeing with itself. Each fact is marked with its source:
//
//   - (seed) stands in a document the project was started from, and wins over everything else;
//   - (public docs) stands in the vendor's published documentation or in a published client;
//   - (assumed) is not settled by either. Every such fact is a switch, named in the mark, so that a client can be run
//     against the other reading too. [Switches] lists them.
//
// The addresses under one listener are /alakazam, /characterai, /convai, /elevenlabs, /npcbuilder, /vapi and /_sandbox, the
// last for looking behind the scenes: the request log, switches, faults and stored characters. A vendor's base URL is
// [Server.URL].
//
// Credentials that are accepted without being asked for: sk_live_sandbox, pk_live_sandbox, sk_test_sandbox and
// pk_test_sandbox at Alakazam; sandbox-convai-key; sandbox-elevenlabs-key; sandbox-characterai-token;
// sandbox-npcbuilder-token, or the pair sandbox-client and sandbox-secret; sandbox-vapi-private. They belong to the owner "home".
// sk_live_sandbox_stranger, sandbox-convai-stranger, sandbox-elevenlabs-stranger, sandbox-characterai-stranger and
// sandbox-vapi-stranger belong to somebody else. sandbox-vapi-public is Vapi's key for web pages, which may not come here.
//
// NPCBuilder has no call that makes a world. These are there from the start, as game/world: game123/world456,
// tavern/gilded-hare, noir/harbour-city, deep-range/calliope and academy/lantern-hall; [Server.AddWorld], [Server.Put] and
// the switch npcbuilder.unknown-world make others.
//
// Documents are stored under the vendor's write names (charName, avatar_rel_path, voiceId): what [Server.Put] takes,
// [Server.Characters] gives and [Server.Edit] changes. How they read over HTTP is up to each vendor's projections.
package sandbox
