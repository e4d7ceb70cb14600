package vapi_test

import (
	"testing"

	"github.com/charsync/charsync/pkg/providers/providertest"
	"github.com/charsync/charsync/pkg/providers/vapi"
)

func FuzzAnswers(f *testing.F) { providertest.FuzzAnswers(f, vapi.Driver(), providertest.Quirks{}) }
