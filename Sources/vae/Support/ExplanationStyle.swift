let pageStyle = """
  :root { color-scheme: light dark; --ink: #1c1c1e; --paper: #fdfdfb; --faint: #d5d3cc; --soft: #8a877f; --on: #c2410c; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8e6e1; --paper: #191918; --faint: #3c3b38; --soft: #94918a; --on: #fb923c; }
  }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 1100px; margin: 0 auto; padding: 1.5rem; }
  h1 { font-size: 1.5rem; margin: 0 0 .5rem; font-weight: 600; }
  h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; font-weight: 600; }
  p { margin: .4rem 0; max-width: 75ch; }
  .note { color: var(--soft); }
  nav { display: flex; gap: .4rem; flex-wrap: wrap; margin: 1rem 0 .5rem; }
  button { font: inherit; color: inherit; background: none; border: 1px solid var(--faint); border-radius: 6px;
    padding: .2rem .7rem; cursor: pointer; }
  button[aria-pressed=true] { border-color: var(--on); color: var(--on); }
  .network { overflow-x: auto; }
  svg { width: 100%; min-width: 760px; height: auto; display: block; }
  svg text { font: 13px system-ui, sans-serif; fill: var(--ink); text-anchor: middle; pointer-events: none; }
  svg text.long { font-size: 10.5px; }
  svg tspan.index { font-size: 75%; }
  svg text.value { font-size: 10.5px; fill: var(--soft); }
  svg circle { fill: var(--paper); stroke: var(--soft); }
  svg line { stroke: var(--faint); stroke-width: 1; }
  svg path { stroke: transparent; stroke-width: 9; }
  svg .on { stroke: var(--on); stroke-width: 3; }
  .formula { min-height: 7rem; overflow-x: auto; padding: .5rem 0; }
  math { font-size: 1.15rem; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th { text-align: left; font-weight: 600; }
  th, td { padding: .15rem 1.2rem .15rem 0; vertical-align: top; }
  td.number { text-align: right; }
  sub, sup { font-size: 75%; line-height: 0; }
  .paths { position: relative; max-height: 22rem; overflow-y: auto; border: 1px solid var(--faint); border-radius: 6px; padding: .4rem .8rem; }
  .paths tr { cursor: pointer; }
  .paths tr.chosen td { color: var(--on); }
  .layers { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }

  """
