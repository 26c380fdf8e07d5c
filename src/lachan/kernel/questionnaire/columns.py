"""The form as columns: what the staff list shows and the export writes follows from the form alone."""

from lachan.kernel.questionnaire.model import Column, Item, Questionnaire


def columns(form: Questionnaire) -> list[Column]:
    """Every question that the list or the export shows, in order of the page."""
    return [_column(item) for item in form.questions() if item.in_list or item.in_export]


def _column(item: Item) -> Column:
    return Column(
        link_id=item.link_id,
        label=item.text,
        kind=item.format or item.type,
        in_list=item.in_list,
        in_export=item.in_export,
        sensitive=item.sensitive,
        options={option.code: option.text for option in item.options},
    )
