import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DASHBOARDS, DIRECTORY, printed } from './dashboards.ts';

// Writes the dashboards next to this file: `npm run dashboards`.
mkdirSync(DIRECTORY, { recursive: true });
for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
  writeFileSync(path.join(DIRECTORY, file), printed(dashboard));
  process.stdout.write(`infra/grafana/dashboards/${file}\n`);
}
