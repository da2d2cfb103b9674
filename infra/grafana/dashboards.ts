import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { flowManager } from './flow-manager.ts';
import { overview } from './overview.ts';

export const DIRECTORY: string = path.join(path.dirname(fileURLToPath(import.meta.url)), 'dashboards');

/** Every dashboard by the name of its file. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  'flow-manager.json': flowManager(),
  'overview.json': overview(),
};

/** A dashboard as its file holds it. */
export function printed(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
