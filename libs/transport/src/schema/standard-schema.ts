/**
 * The part of the Standard Schema interface, version 1 (https://standardschema.dev), that is needed here: schemas of
 * zod, valibot, ArkType and others have it, so that none of them is needed.
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
  };
}

export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What the messages of one pattern or topic must look like; what has no schema is not checked. */
export interface MessageSchemas {
  readonly request?: StandardSchema;
  readonly reply?: StandardSchema;
  readonly event?: StandardSchema;
}

/** By pattern or topic. */
export type Schemas = Readonly<Record<string, MessageSchemas>>;
