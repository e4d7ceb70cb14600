package edit

// flowCollection passes over a collection in brackets, or over the one pair
// that may stand in a list without braces of its own.
func (c *cursor) flowCollection(n *node) error {
	closing := byte(']')
	if n.mapping() {
		closing = '}'
	}
	if n.mapping() && c.peek() != '{' {
		return c.flowEntry(n, 0)
	}
	if b := c.peek(); b != '{' && b != '[' {
		return c.lost("a bracket is missing")
	}
	c.pos++
	step := 1
	if n.mapping() {
		step = 2
	}
	for i := 0; i < len(n.yaml.Content); i += step {
		c.trivia()
		var err error
		if n.mapping() {
			err = c.flowEntry(n, i)
		} else {
			var v *node
			v, err = c.at(n.yaml.Content[i], 0)
			n.list = append(n.list, entry{value: v})
		}
		if err != nil {
			return err
		}
		c.trivia()
		if c.peek() == ',' {
			c.pos++
		}
	}
	c.trivia()
	if c.peek() != closing {
		return c.lost("a bracket is missing")
	}
	c.pos++
	return nil
}

// flowEntry passes over a key with its value inside brackets.
func (c *cursor) flowEntry(n *node, i int) error {
	key, err := c.at(n.yaml.Content[i], 0)
	if err != nil {
		return err
	}
	if key.empty() {
		return c.lost("a key that is no text")
	}
	e := entry{key: key}
	before, seen := c.pos, len(c.comments)
	c.trivia()
	if c.peek() == ':' {
		c.pos++
		e.colon = c.pos
	} else {
		c.pos, c.comments = before, c.comments[:seen]
	}
	if e.value, err = c.at(n.yaml.Content[i+1], 0); err != nil {
		return err
	}
	n.list = append(n.list, e)
	return nil
}
