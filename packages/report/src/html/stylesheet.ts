/** The look of a report: light and dark by the reader's choice, always light in print. System fonts, nothing fetched. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --text: #1c2330; --faint: #5d6778;
  --track: #e9ecf0; --ok: #2f9e63; --warm: #d98e04; --hot: #d5383c; --before: .45; --accent: #2c62c9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d; --card: #1a202a; --line: #2d3644; --text: #e5e9f0; --faint: #9aa5b6;
    --track: #2a323f; --ok: #45b87c; --warm: #e5a936; --hot: #ef6468; --before: .5; --accent: #7ba6f7;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 1040px; margin: 0 auto; padding: 32px 24px 48px; }
header p, footer { color: var(--faint); font-size: 13px; margin: 0; overflow-wrap: anywhere; }
h1 { font-size: 24px; line-height: 1.3; margin: 4px 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 32px 0 10px; }
ul { margin: 0 0 8px; padding-left: 20px; }
li, td, p { overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0 0; }
.figure { flex: 1 1 140px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.figure b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; }
.figure span { color: var(--faint); font-size: 13px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 18px; margin: 0 0 12px; }
.card h3 { font-size: 15px; margin: 0 0 6px; overflow-wrap: anywhere; }
.card p { margin: 0 0 4px; }
.card dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 6px 0 0; }
.card dt, .order { color: var(--faint); }
.card dd { margin: 0; }
.route { font-weight: 400; white-space: nowrap; }
.tag { font-size: 12px; font-weight: 400; border: 1px solid var(--line); border-radius: 999px; padding: 1px 9px; color: var(--faint); white-space: nowrap; }
.tag.over { border-color: var(--hot); color: var(--hot); }
.tag.under { border-color: var(--ok); color: var(--ok); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--faint); font-size: 13px; }
th, td { padding: 8px 14px; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { font-weight: 600; min-width: 80px; max-width: 220px; }
td.loads { width: 32%; min-width: 190px; }
td ul { margin: 0; padding: 0; list-style: none; }
.load { display: grid; grid-template-columns: 46px 1fr 42px; gap: 8px; align-items: center; font-size: 12px; color: var(--faint); }
.load b { color: var(--text); font-weight: 600; text-align: right; font-variant-numeric: tabular-nums; }
.load svg { display: block; width: 100%; height: 10px; border-radius: 3px; background: var(--track); }
.load.before svg { height: 7px; } .load.before b { font-weight: 400; color: var(--faint); }
.load.before .fill { opacity: var(--before); }
.ok { fill: var(--ok); } .warm { fill: var(--warm); } .hot { fill: var(--hot); } .weight { fill: var(--accent); }
.limit { stroke: var(--text); stroke-width: 1.5; vector-effect: non-scaling-stroke; opacity: .55; }
.legend { color: var(--faint); font-size: 13px; margin: 8px 2px 0; }
td.bar { width: 62%; min-width: 120px; } td.bar svg { display: block; width: 100%; height: 10px; margin-top: 6px; border-radius: 3px; background: var(--track); }
footer { margin-top: 32px; border-top: 1px solid var(--line); padding-top: 12px; }
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --card: #ffffff; --line: #c9ced6; --text: #000000; --faint: #444b57;
    --track: #e9ecf0; --ok: #2f9e63; --warm: #d98e04; --hot: #d5383c; --before: .5; --accent: #2c62c9;
  }
  @page { margin: 14mm; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  th, td { padding: 6px 8px; }
  .load { grid-template-columns: 38px 1fr 36px; gap: 6px; }
  .load svg, td.bar svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .card, .figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
}
`;
