package npcbuilder

import (
	"errors"

	"github.com/charsync/charsync/pkg/providers"
)

func open(providers.Config) (providers.Provider, error) {
	return nil, errors.New("npcbuilder: not connected yet")
}
