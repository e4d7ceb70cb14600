// Package spec reads charsync.yaml and the manifests of characters. It keeps
// the place of every value, tells absent, empty and set apart, and reports all
// that is wrong as diagnostics. It knows no provider, and opens no connection.
package spec
