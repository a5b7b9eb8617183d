using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fleet.Api.Description;

/// <summary>The OpenAPI document (contract: GET /openapi/v1.json).</summary>
internal static class FleetDocument
{
    public const string Name = "v1";

    private static readonly string[] OfEveryService = ["livez", "readyz", "metrics"];

    public static void Configure(OpenApiOptions options)
    {
        // Other services may share the application; their endpoints are theirs to describe.
        options.ShouldInclude = description => description.RelativePath is { } path
            && (path.StartsWith("v1/", StringComparison.Ordinal) || OfEveryService.Contains(path));
        options.AddSchemaTransformer(WireSchemas.TransformAsync);
        options.AddOperationTransformer(DescribeOperationAsync);
        options.AddDocumentTransformer(DescribeDocumentAsync);
    }

    private static Task DescribeDocumentAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Fleet",
            Version = Name,
            Description = "Runs work for other people's applications. Errors are RFC 9457 problem details whose type is urn:fleet: and a slug.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Wherever the document is read from, the API is.
        document.Servers = [new OpenApiServer { Url = "/" }];
        // HEAD goes without saying where GET is, and would bear its name.
        foreach (var path in document.Paths.Values) path.Operations?.Remove(HttpMethod.Head);
        WireSchemas.Complete(document);
        return Task.CompletedTask;
    }

    private static Task DescribeOperationAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var parameter in metadata.OfType<ApiParameter>())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = parameter.Place,
                Description = parameter.Description,
                Schema = parameter.Schema(),
            });
        }

        foreach (var (status, headers) in metadata.OfType<ApiHeaders>())
        {
            if (operation.Responses?[status.ToString(provider: null)] is not OpenApiResponse response) continue;
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            foreach (var header in headers)
                response.Headers[header.Name] = new OpenApiHeader { Description = header.Description, Schema = header.Schema() };
        }

        return Task.CompletedTask;
    }
}
