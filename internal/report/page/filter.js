// Filters the cards of a report. Without this script everything is shown.
(() => {
  'use strict';
  const form = document.querySelector('form.filter');
  if (!form) return;
  const cards = Array.from(document.querySelectorAll('article.card'));
  const none = document.getElementById('none-shown');
  const field = (name) => (form.elements.namedItem(name) || { value: '' }).value;

  const fits = (card, want) => {
    if (want.text && !card.dataset.search.includes(want.text)) return false;
    if (!want.label) return true;
    return Array.from(card.querySelectorAll('[data-label]')).some((l) => l.dataset.label === want.label);
  };

  const apply = () => {
    const want = { text: field('text').trim().toLowerCase(), target: field('target'), class: field('class'), label: field('label') };
    let shown = 0;
    for (const card of cards) {
      let any = false;
      for (const pair of card.querySelectorAll('.pair')) {
        let fields = 0;
        const all = pair.querySelectorAll('.field');
        for (const f of all) {
          f.hidden = Boolean(want.class) && f.dataset.class !== want.class;
          if (!f.hidden) fields++;
        }
        pair.hidden = (want.target && pair.dataset.target !== want.target) || (want.class && fields === 0) || false;
        any = any || !pair.hidden;
      }
      card.hidden = !any || !fits(card, want);
      if (!card.hidden) shown++;
    }
    form.elements.namedItem('shown').value = shown === cards.length ? '' : shown + ' of ' + cards.length;
    none.hidden = shown > 0 || cards.length === 0;
  };

  // One button folds every section, and opens them again.
  const fold = form.elements.namedItem('fold');
  fold.addEventListener('click', () => {
    const open = fold.textContent !== 'Fold all';
    for (const pair of document.querySelectorAll('.pair')) pair.open = open;
    fold.textContent = open ? 'Fold all' : 'Unfold all';
  });

  // j and k go from card to card, / goes to the search, as in other review tools.
  const step = (by) => {
    const shown = cards.filter((c) => !c.hidden);
    const at = shown.findIndex((c) => c.contains(document.activeElement));
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
    if (!next) return;
    next.querySelector('h2 a').focus({ preventScroll: true });
    next.scrollIntoView({ block: 'start' });
  };
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target.matches('input, select, textarea')) {
      if (e.key === 'Escape') e.target.blur();
      return;
    }
    if (e.key === '/') {
      e.preventDefault();
      form.elements.namedItem('text').focus();
    } else if (e.key === 'j') step(1);
    else if (e.key === 'k') step(-1);
  });

  form.addEventListener('input', apply);
  form.addEventListener('submit', (e) => e.preventDefault());
  form.addEventListener('reset', () => setTimeout(apply, 0));
  form.hidden = cards.length < 2;
})();
