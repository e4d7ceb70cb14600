package characterai

import (
	"errors"

	"github.com/charsync/charsync/pkg/providers"
)

func open(providers.Config) (providers.Provider, error) {
	return nil, errors.New("characterai: not connected yet")
}
