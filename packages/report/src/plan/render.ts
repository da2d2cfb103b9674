import { planHtml } from '../html/plan.ts';
import { PLAIN, type TextStyle } from '../text/style.ts';
import type { PlanFormat, PlanReportInput } from './input.ts';
import { planJson } from './json.ts';
import { planMarkdown } from './markdown.ts';
import { planText } from './text.ts';

/** A report of a plan, ending with a line break. `style` counts for text alone: the other formats have one form. */
export function renderPlan(input: PlanReportInput, format: PlanFormat, style: TextStyle = PLAIN): string {
  switch (format) {
    case 'text':
      return planText(input, style);
    case 'json':
      return planJson(input);
    case 'markdown':
      return planMarkdown(input);
    case 'html':
      return planHtml(input);
  }
}
