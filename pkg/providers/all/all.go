// Package all lists the drivers. Adding one is a line here.
package all

import (
	"github.com/charsync/charsync/pkg/providers"
	"github.com/charsync/charsync/pkg/providers/alakazam"
	"github.com/charsync/charsync/pkg/providers/characterai"
	"github.com/charsync/charsync/pkg/providers/convai"
	"github.com/charsync/charsync/pkg/providers/elevenlabs"
	"github.com/charsync/charsync/pkg/providers/npcbuilder"
	"github.com/charsync/charsync/pkg/providers/vapi"
)

// Drivers lists every driver, by name.
func Drivers() []*providers.Driver {
	return []*providers.Driver{
		alakazam.Driver(),
		characterai.Driver(),
		convai.Driver(),
		elevenlabs.Driver(),
		npcbuilder.Driver(),
		vapi.Driver(),
	}
}

// Driver finds a driver by its name: the type of a provider instance.
func Driver(name string) (*providers.Driver, bool) {
	for _, d := range Drivers() {
		if d.Name == name {
			return d, true
		}
	}
	return nil, false
}
