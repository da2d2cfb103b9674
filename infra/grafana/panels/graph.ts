import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { overTime, PROMETHEUS, type Query } from './targets.ts';

export interface GraphOptions {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly width?: number;
  /** Stacked bars, for events that are counted; lines by default. */
  readonly bars?: boolean;
  /** Top of the axis, where it is known. */
  readonly max?: number;
  /** A dashed line above which a value is red. */
  readonly high?: number;
}

/** Values over time. */
export function graph(options: GraphOptions): PanelBuilder {
  const { bars = false, high } = options;
  const panel = new PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(PROMETHEUS)
    .unit(options.unit)
    .min(0)
    .height(8)
    .span(options.width ?? 12)
    .targets(overTime(options.queries))
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .stacking(new StackingConfigBuilder().mode(bars ? StackingMode.Normal : StackingMode.None))
    .lineWidth(bars ? 0 : 2)
    .fillOpacity(bars ? 80 : 8)
    .showPoints(VisibilityMode.Never)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (options.max !== undefined) panel.axisSoftMax(options.max);
  return high === undefined ? panel : withLine(panel, high);
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
}

function withLine(panel: PanelBuilder, high: number): PanelBuilder {
  const steps = [
    { value: null, color: 'transparent' },
    { value: high, color: 'red' },
  ];
  return panel
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}
