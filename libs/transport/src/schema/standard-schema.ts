/**
 * The part of the Standard Schema interface, version 1 (https://standardschema.dev), that is needed here: schemas of
 * zod, valibot, ArkType and others have it, so that none of them is needed.
 */
export interface StandardSchema {
  /** What the standard has all schemas offer. */
  readonly '~standard': {
    /** Of the standard. */
    readonly version: 1;
    /** The library that the schema is of. */
    readonly vendor: string;
    /** Says whether a value fits, at once or later. */
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
  };
}

/** A value that fits, or what does not fit of it. */
export type StandardResult =
  | {
      /** The value as the schema makes it. */
      readonly value: unknown;
      /** None. */
      readonly issues?: undefined;
    }
  | {
      /** All that is wrong. */
      readonly issues: readonly StandardIssue[];
    };

/** Something that does not fit. */
export interface StandardIssue {
  /** What is wrong, in words. */
  readonly message: string;
  /** The steps to it from the whole value. */
  readonly path?: readonly (PropertyKey | StandardStep)[] | undefined;
}

/** One step to a part of a value. */
export interface StandardStep {
  /** Of the property, or the place in a list. */
  readonly key: PropertyKey;
}

/** What the messages of one pattern or topic must look like; what has no schema is not checked. */
export interface MessageSchemas {
  /** The payload of a request. */
  readonly request?: StandardSchema;
  /** Each value of its reply. */
  readonly reply?: StandardSchema;
  /** The payload of an event. */
  readonly event?: StandardSchema;
}

/** By pattern or topic. */
export type Schemas = Readonly<Record<string, MessageSchemas>>;
