// Package edit changes manifests and charsync.yaml in place, by byte ranges
// of their text: it orders and lays them out, and puts values at their nodes.
// No file is ever encoded anew, so what an edit does not mean stays as it is:
// comments, quotes, blocks, line ends. Every result is parsed again and
// compared with what was meant before anybody sees it.
package edit
