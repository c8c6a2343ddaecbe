"""two revisions of the rules → artifact: who would enter and leave each tag."""

from prefect import flow

from tasks.tag_diff import publish_preview
from tasks.tag_diff_options import PreviewTagsOptions

DEFAULTS = PreviewTagsOptions()


@flow(name="preview_tags", flow_run_name="preview tags {options.before} → {options.after}")
def preview_tags(options: PreviewTagsOptions = DEFAULTS) -> dict[str, int]:
    """Tell what a change of rules would move; nothing is written but the artifacts.

    Args:
        options: 规则预览选项
    """
    return publish_preview(options)
