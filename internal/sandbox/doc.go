// Package sandbox is a stand-in for four character vendors, served over real HTTP on loopback: Character.AI, Alakazam,
// Convai and NPCBuilder.
//
// It is written from the vendors' documents alone and shares no code or table with the clients it is used to test, so
// that a test against it is more than a table agreeing with itself. Each fact is marked with its source:
//
//   - (seed) stands in a document the project was started from, and wins over everything else;
//   - (public docs) stands in the vendor's published documentation or in a published client;
//   - (assumed) is not settled by either. Every such fact is a switch, named in the mark, so that a client can be run
//     against the other reading too. [Switches] lists them.
//
// The addresses under one listener are /alakazam, /characterai, /convai, /npcbuilder and /_sandbox, the last for looking
// behind the scenes: the request log, switches, faults and stored characters. A vendor's base URL is [Server.URL].
//
// Documents are stored under the vendor's write names (charName, avatar_rel_path, voiceId): what [Server.Put] takes,
// [Server.Characters] gives and [Server.Edit] changes. How they read over HTTP is up to each vendor's projections.
package sandbox
