// Package harness attacks charsync: it runs whole commands against the
// sandbox while answers are lost, keys expire, colleagues edit, and the
// process is killed, and then looks at what is left.
//
// A run of it is made from one number, the seed: a random project, a random
// history of manifest edits and applies with faults in them, and at the end
// plain applies until nothing is left to do. What is then asserted is read
// from the sandbox's own store and from what went over the wire; of what
// charsync says, nothing is believed, and every figure is checked.
//
// What a vendor stores for a manifest's fields is said here a second time, in
// vendors.go, without the field tables: otherwise the tables would be tested
// against themselves.
//
// Requests of different providers, and of one provider with a parallelism
// above one, may come in another order each time. So a seed repeats the
// scenario exactly and the interleaving nearly; -repeat runs one seed often.
package harness
