package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// terraform compares with Terraform and a generic REST provider, at the same
// sandbox. Both must be there: `terraform init` fetches the provider.
func (b *bench) terraform(ctx context.Context) error {
	const who = "terraform, Mastercard/restapi"
	what := fmt.Sprintf("unchanged plan of %d", b.n)
	binary, missing := exec.LookPath("terraform")
	if missing != nil {
		b.out.note(what, who, "not installed")
		return nil
	}
	s, err := b.sandbox(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	dir := filepath.Join(b.work, "terraform")
	if err := b.configuration(dir, s); err != nil {
		return err
	}
	run := func(args ...string) program {
		return program{args: append([]string{binary}, args...), dir: dir, env: append(s.env, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")}
	}
	if _, _, missing := run("init", "-input=false", "-no-color").once(ctx); missing != nil {
		b.out.note(what, who, "terraform is installed, its provider is not to be had here")
		return nil
	}
	created, _, err := run("apply", "-auto-approve", "-input=false", "-parallelism=8").once(ctx)
	if err != nil {
		return err
	}
	reads, writes, err := s.requests(ctx)
	if err != nil {
		return err
	}
	b.out.add(row{what: fmt.Sprintf("create %d", b.n), who: who, m: created, requests: reads + writes, note: fmt.Sprintf("%d writes; local state; one run", writes)})
	m, err := b.median(ctx, run("plan", "-input=false", "-parallelism=8"), func() error { return s.forget(ctx) })
	if err != nil {
		return err
	}
	reads, writes, err = s.requests(ctx)
	b.out.add(row{what: what, who: who, m: m, requests: reads + writes})
	return err
}

// configuration writes a resource for each character.
func (b *bench) configuration(dir string, s *sandbox) error {
	base, key := "", ""
	for _, line := range s.env {
		if v, ok := strings.CutPrefix(line, "ALAKAZAM_BASE_URL="); ok {
			base = v
		}
		if v, ok := strings.CutPrefix(line, "ALAKAZAM_API_KEY="); ok {
			key = v
		}
	}
	var t strings.Builder
	fmt.Fprintf(&t, `terraform {
  required_providers { restapi = { source = "Mastercard/restapi", version = "~> 1.20" } }
}
provider "restapi" {
  uri = %q
  headers = { Authorization = "Bearer %s", Content-Type = "application/json" }
  write_returns_object = true
  update_method = "PATCH"
  id_attribute = "characterId"
}
resource "restapi_object" "character" {
  count = %d
  path  = "/v1/characters"
  data  = jsonencode({ name = "Mira ${count.index}", description = "Runs the last inn before the pass.", persona = "Innkeeper ${count.index}. ${file("persona.txt")}" })
}
`, base, key, b.n)
	if err := write(filepath.Join(dir, "persona.txt"), strings.Repeat(paragraph, 35)); err != nil {
		return err
	}
	return write(filepath.Join(dir, "main.tf"), t.String())
}
