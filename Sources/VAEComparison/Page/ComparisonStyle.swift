let comparisonStyle = """
  :root { color-scheme: light dark; --ink: #1c1c1e; --paper: #fdfdfb; --faint: #dddbd4; --soft: #6f6c65; --cell: #eceae4;
    --real: #3f7cac; --synthetic: #d97706; --unlike: #b91c1c; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8e6e1; --paper: #191918; --faint: #3c3b38; --soft: #a19e96; --cell: #2b2b29;
      --real: #6aa9d8; --synthetic: #f59e0b; --unlike: #f26d6d; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 1160px; margin: 0 auto; padding: 1.25rem; }
  h1 { font-size: 1.5rem; margin: 0 0 .25rem; font-weight: 600; overflow-wrap: anywhere; }
  h2 { font-size: 1.15rem; margin: 2.25rem 0 .25rem; font-weight: 600; }
  h3 { font-size: 1rem; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
  p { margin: .3rem 0; max-width: 75ch; }
  .note { color: var(--soft); }
  dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 235px), 1fr)); gap: .75rem; margin: 1rem 0; }
  dl div { border: 1px solid var(--faint); border-radius: 8px; padding: .6rem .8rem; }
  dt { font-weight: 600; }
  dd { margin: 0; }
  dd.value { font-size: 1.6rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
  dd.note { font-size: .85rem; line-height: 1.35; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
  th { text-align: left; font-weight: 600; }
  th, td { padding: .2rem 1.5rem .2rem 0; vertical-align: top; }
  td { text-align: right; }
  .columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 1.5rem 2rem;
    align-items: start; margin: 1rem 0; }
  .columns header { display: flex; justify-content: space-between; gap: 1rem; margin-bottom: .3rem; }
  .columns header span { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .35em 0 0; vertical-align: -.05em; }
  .key + .key { margin-left: .8em; }
  span.key.real { background: var(--real); }
  span.key.synthetic { background: var(--synthetic); margin-left: .8em; }
  .ramp { display: inline-block; width: 7em; height: .8em; border-radius: 2px; vertical-align: -.05em; margin: 0 .35em;
    background: linear-gradient(to right, var(--unlike), var(--cell)); }
  svg { width: 100%; height: auto; display: block; }
  svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
  svg line { stroke: var(--faint); }
  svg circle { fill: var(--ink); }
  .area { fill: transparent; }
  g:hover > .area { fill: var(--cell); }
  .real { fill: var(--real); }
  .synthetic { fill: var(--synthetic); }
  .cell { fill: var(--cell); }
  .unlike { fill: var(--unlike); }
  .missing text, .others text { fill: var(--soft); font-style: italic; }

  """
