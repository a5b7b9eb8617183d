using Microsoft.OpenApi;

namespace Fleet.Api.Description;

/// <summary>A parameter or header as the OpenAPI document tells of it. Endpoints read such values themselves, to say what is wrong with them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it stands; null for a header of the answer.</param>
/// <param name="Description">What it does.</param>
/// <param name="Schema">Makes the schema of its value; each document gets its own.</param>
internal sealed record ApiParameter(string Name, ParameterLocation? Place, string Description, Func<OpenApiSchema> Schema);

/// <summary>Headers of an answer.</summary>
/// <param name="Status">The answer's status code.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record ApiHeaders(int Status, IReadOnlyList<ApiParameter> Headers);
