/** The table behind `FencedWrites`: part of a migration of each service that has jobs of a leader. */
export const fenceTable = `
  CREATE TABLE fence (
    name text PRIMARY KEY,
    fence bigint NOT NULL
  );
`;
