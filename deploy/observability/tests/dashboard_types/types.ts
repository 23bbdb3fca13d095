// What a dashboard of ours may be: Grafana's own types, with JSON's strings in place of enums, and no field beyond them.
import type { Dashboard, Panel as AnyPanel, RowPanel, AnnotationQuery } from '@grafana/schema'
import type { Options as Bars } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen'
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen'
import type { Options as Table } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen'
import type { Options as Graph, FieldConfig as Lines } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen'

type Plain<T> = T extends string ? `${T}` : T extends (infer E)[] ? Plain<E>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T
type Field = NonNullable<AnyPanel['fieldConfig']>['defaults']
type FieldConfig<C> = { defaults: Omit<Field, 'custom'> & { custom?: Partial<C> }; overrides: [] }
// A query of the Prometheus data source.
interface Target { refId: string; expr: string; legendFormat: string; instant?: boolean; range: boolean; format?: 'table' }
type Of<Type, Options, Custom = never> = Omit<AnyPanel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
  type: Type; options: Partial<Options>; fieldConfig: FieldConfig<Custom>; targets: Target[]
}
type Panel = Of<'timeseries', Graph, Lines> | Of<'stat', Stat> | Of<'bargauge', Bars> | Of<'table', Table> | RowPanel
type Annotation = Omit<AnnotationQuery, 'target'> & { expr: string; titleFormat: string; textFormat: string; step: string }
export type Page = Plain<Omit<Dashboard, 'panels' | 'annotations'> & { panels: Panel[]; annotations: { list: Annotation[] } }>
