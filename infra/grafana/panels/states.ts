import { VisibilityMode, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId, MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { overTime, PROMETHEUS, type Query } from './targets.ts';

export interface StatesOptions {
  readonly title: string;
  readonly description: string;
  /** Yields the index of a state. */
  readonly query: Query;
  /** Word and colour of each state, by index. */
  readonly states: readonly (readonly [word: string, colour: string])[];
}

/** A band for each series, coloured by the state it is in. */
export function states(options: StatesOptions): PanelBuilder {
  const words = options.states.map(([text, color], index) => [String(index), { text, color, index }] as const);
  return new PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(PROMETHEUS)
    .height(8)
    .span(12)
    .targets(overTime([options.query]))
    .mappings([{ type: MappingType.ValueToText, options: Object.fromEntries(words) }])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .fillOpacity(75)
    .legend(new VizLegendOptionsBuilder().showLegend(true));
}
