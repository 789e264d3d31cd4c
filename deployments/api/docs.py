"""The API's pages, served from the installed package: no content network, no inline script."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from notes.errors import NotFoundError

router = APIRouter(include_in_schema=False)

# The package is there for its Swagger UI, which reads OpenAPI 3.1; its application is not used.
_FOLDER: Final = Path(str(files("fastapi_offline"))) / "static"
_FILES: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon.png": "image/png",
}
# Addresses are relative, so that the page works under any prefix.
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Clinic notes: API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# `validatorUrl: null`: otherwise the page sends the schema's address to an outside service.
_START: Final = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
"""


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Show the API's reference."""
    return HTMLResponse(_PAGE)


@router.get("/redoc")
async def redoc() -> RedirectResponse:
    """Lead to the one page that there is."""
    return RedirectResponse("docs")


@router.get("/docs/{name}")
async def asset(name: str) -> Response:
    """Return one of the page's own files."""
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _FILES:
        raise NotFoundError(what="file", id=name)
    return FileResponse(_FOLDER / name, media_type=_FILES[name])
