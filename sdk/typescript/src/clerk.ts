/**
 * For whoever calls the `TelemetryCollector` of Clerk's SDKs today: the same surface on top of `open`, so that a call
 * stays as it is. `docs/guides/from-clerk.md` says what becomes of each option.
 */

import { type Options, type Telemetry, type Vocabulary, open, saysOn } from './browser.js';
import { oneIn } from './sampling.js';

/** What Clerk's collector is constructed with, and what of `open` has no counterpart there. */
export interface CollectorOptions<Events>
  extends Pick<Options<Events>, 'vocabulary' | 'notice' | 'endpoint' | 'env' | 'automation' | 'storage'> {
  readonly disabled?: boolean;
  readonly debug?: boolean;
  /** The part of all browsers that says anything at all. */
  readonly samplingRate?: number;
  /** Whether an event's own rate holds too. */
  readonly perEventSampling?: boolean;
  /** Batches are bounded already. */
  readonly maxBufferSize?: number;
  /** Says whether this is a development instance. It is not sent. */
  readonly publishableKey?: string;
  /** Is not looked at. */
  readonly secretKey?: string;
  readonly clerkVersion?: string;
  readonly sdk?: string;
  readonly sdkVersion?: string;
}

/** An event as Clerk's helpers make it. */
export interface CollectorEvent {
  readonly event: string;
  readonly eventSamplingRate?: number | undefined;
  readonly payload: object;
}

/** The surface of Clerk's collector. */
export class TelemetryCollector<Events> {
  readonly #telemetry: Telemetry<Record<string, object>>;
  readonly #rates: Record<string, number> = {};
  readonly #debug: boolean;

  constructor(options: CollectorOptions<Events>) {
    const { disabled, debug = false, publishableKey = '', clerkVersion, sdk, sdkVersion = '' } = options;
    const { samplingRate = 1, perEventSampling = true } = options;
    const rateOf = (event: string) => Math.min(samplingRate, perEventSampling ? (this.#rates[event] ?? 1) : 1);
    this.#debug = debug;
    this.#telemetry = open<Record<string, object>>({
      ...options,
      vocabulary: options.vocabulary as Vocabulary<Record<string, object>>,
      version: sdkVersion,
      origin: { sdk, clerk_js: clerkVersion },
      telemetry: { disabled, debug },
      development: () => publishableKey.startsWith('pk_test_'),
      sample: oneIn((event) => Math.round(1 / rateOf(event))),
    });
  }

  /** Whether something may be said. */
  get isEnabled(): boolean {
    return saysOn(this.#telemetry.rule());
  }

  /** Whether events are shown instead of sent. */
  get isDebug(): boolean {
    return this.#debug;
  }

  /** Says an event at most once a day, as Clerk's collector does. */
  record({ event, eventSamplingRate = 1, payload }: CollectorEvent): void {
    const name = snake(event);
    const fields = Object.entries(payload).map(([key, value]) => [snake(key), value]);
    this.#rates[name] = eventSamplingRate;
    this.#telemetry.recordOnce(name, Object.fromEntries(fields));
  }

  /** Does nothing: a line of a log is free text, and nothing declares it. */
  recordLog(): void {}

  /** Sends what waits; Clerk's has no such thing. */
  flush(): Promise<void> {
    return this.#telemetry.flush();
  }
}

/** A component with its own properties. */
export function eventComponentMounted(component: string, props: object = {}): CollectorEvent {
  return { event: 'COMPONENT_MOUNTED', eventSamplingRate: rateOfMounted(component), payload: { component, ...props } };
}

/** A component of the library, and whether its look was changed. */
export function eventPrebuiltComponentMounted(component: string, props?: Props, more?: object): CollectorEvent {
  const payload = prebuilt(component, props, more);
  return { event: 'COMPONENT_MOUNTED', eventSamplingRate: rateOfMounted(component), payload };
}

/** The same, opened in a window. */
export function eventPrebuiltComponentOpened(component: string, props?: Props, more?: object): CollectorEvent {
  return { event: 'COMPONENT_OPENED', eventSamplingRate: 0.1, payload: prebuilt(component, props, more) };
}

/** A function that was called. */
export function eventMethodCalled(method: string, payload?: object): CollectorEvent {
  return { event: 'METHOD_CALLED', eventSamplingRate: 0.1, payload: { method, ...payload } };
}

/** What the framework says of itself. */
export function eventFrameworkMetadata(payload: object): CollectorEvent {
  return { event: 'FRAMEWORK_METADATA', eventSamplingRate: 0.1, payload };
}

/** A step of a flow. Of its free metadata nothing leaves: a catalogue has no kind for it. */
export function eventFlowStepMounted(flow: string, step: string, metadata: object = {}, rate = 1): CollectorEvent {
  return { event: 'FLOW_STEP_MOUNTED', eventSamplingRate: rate, payload: { flow, step, metadata } };
}

/** Which theme is used, by its name. */
export function eventThemeUsage(appearance?: { readonly theme?: unknown } | undefined): CollectorEvent {
  const theme = appearance?.theme;
  const [themeName] = (Array.isArray(theme) ? theme : [theme]).flatMap(nameOf);
  return { event: 'THEME_USAGE', eventSamplingRate: 1, payload: theme ? { themeName } : {} };
}

/** The name of a theme, where it has one. */
function nameOf(theme: unknown): string[] {
  const name = typeof theme === 'string' ? theme : (theme as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name ? [name] : [];
}

/** What of a component's properties is looked at, and never into. */
interface Props {
  readonly appearance?: { readonly theme?: unknown; readonly elements?: unknown; readonly variables?: unknown } | undefined;
}

function prebuilt(component: string, props: Props | undefined, more: object | undefined): object {
  const { theme, elements, variables } = props?.appearance ?? {};
  const given = { appearanceProp: !!props?.appearance, theme: !!theme, elements: !!elements, variables: !!variables };
  return { component, ...given, ...more };
}

/** Names in a catalogue: `COMPONENT_MOUNTED` is `component_mounted`, and `nextjsVersion` is `nextjs_version`. */
function snake(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

function rateOfMounted(component: string): number {
  return ['SignIn', 'SignUp'].includes(component) ? 1 : 0.1;
}
