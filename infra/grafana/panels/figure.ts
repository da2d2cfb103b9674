import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { newest, PROMETHEUS } from './targets.ts';

export interface FigureOptions {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly expr: string;
  /** Shows this label in place of the value. */
  readonly label?: string;
  /** From this value on the figure is red, or orange. */
  readonly red?: number;
  readonly orange?: number;
}

/** One number, or one word, in large type. */
export function figure(options: FigureOptions): PanelBuilder {
  const { label, red, orange } = options;
  const steps = [
    { value: null, color: red === undefined && orange === undefined ? 'blue' : 'green' },
    ...(orange === undefined ? [] : [{ value: orange, color: 'orange' }]),
    ...(red === undefined ? [] : [{ value: red, color: 'red' }]),
  ];
  const query = { expr: options.expr, ...(label === undefined ? {} : { legend: `{{${label}}}` }) };
  return new PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(PROMETHEUS)
    .unit(options.unit)
    .height(4)
    .span(3)
    .targets(newest([query]))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .textMode(label === undefined ? BigValueTextMode.Value : BigValueTextMode.Name)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
}
