declare module 'swagger-ui-dist/absolute-path.js' {
  /** Where the files of Swagger UI stand on this machine. */
  export default function getAbsoluteFSPath(): string;
}
